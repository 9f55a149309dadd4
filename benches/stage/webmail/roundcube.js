// Roundcube with its skin Elastic, as the bench looks at it.
if (window.top === window) {
  const rows = () => [...document.querySelectorAll("#messagelist tbody tr.message")];
  const frame = () => document.querySelector("#messagecontframe");
  const subjectOf = (row) => row.querySelector(".subject a").textContent.trim();
  Object.assign(window.bench, {
    rows: () => rows().length,
    reveal: (index) => {
      rows()[index].scrollIntoView({ block: "center" });
      return window.bench.drawn(() => true);
    },
    subject: (index) => subjectOf(rows()[index]),
    isOpen: (subject) => {
      const inside = frame()?.contentWindow;
      if (!inside || !frame().checkVisibility() || inside.performance.getEntriesByName("first-contentful-paint").length === 0) return false;
      const head = inside.document.querySelector("h2.subject")?.textContent ?? "";
      const words = inside.document.querySelector("#messagebody")?.textContent.trim() ?? "";
      return head.includes(subject) && words !== "";
    },
    /** Words and layout come together. */
    isLaidOut: () => true,
    hasLayout: () => frame().contentDocument.querySelector(".message-htmlpart") !== null,
    /** Waits for rows that are not those that begin with this subject. */
    others: (before) => window.bench.drawn(() => rows().length > 0 && subjectOf(rows()[0]) !== before),
  });
  window.bench.firstList = window.bench.drawn(() => window.bench.rows() >= 8);
}
