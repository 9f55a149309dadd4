// Glaspost's webmail, as the bench looks at it.
if (window.top === window) {
  const pane = () => document.querySelector("[role=listbox]");
  const rows = () => [...document.querySelectorAll("[role=listbox] [role=option]")];
  // rows that nobody has fetched yet are not there to be measured
  let known = 0;
  const height = () => (known = rows()[0]?.getBoundingClientRect().height ?? known);
  const at = (index) => document.querySelector(`[role=option][aria-posinset="${index + 1}"]`);
  const article = () => [...document.querySelectorAll(".reader article")].at(-1);
  const framed = () => article()?.querySelector(".page.shown iframe")?.contentDocument?.body.textContent.trim() ?? "";
  Object.assign(window.bench, {
    rows: () => rows().filter((row) => row.textContent.trim() !== "").length,
    total: () => Math.round(pane().scrollHeight / height()),
    /** Scrolls until the row is in sight, with what stands before it. */
    reveal: (index) => {
      pane().scrollTop = Math.max(0, (index - 2) * height());
      return window.bench.drawn(() => at(index) !== null);
    },
    subject: (index) => at(index).querySelector(".subject").textContent,
    /** Its words are there; where it has a layout, they stand there until that is drawn. */
    isOpen: (subject) => {
      if (document.querySelector(".reader h2")?.textContent !== subject) return false;
      const says = (words) => words.checkVisibility({ visibilityProperty: true }) && words.textContent.trim() !== "";
      return [...(article()?.querySelectorAll(".text") ?? [])].some(says) || framed() !== "";
    },
    isLaidOut: () => !window.bench.hasLayout() || framed() !== "",
    /** Its frames are made after the words were drawn. */
    hasLayout: () => document.querySelector(".reader article .layout") !== null,
    /** Rows in sight, all of them there. */
    isWhole: () => {
      if (rows().length === 0) return false;
      const { top, bottom } = pane().getBoundingClientRect();
      const inSight = (row) => row.getBoundingClientRect().bottom > top && row.getBoundingClientRect().top < bottom;
      const seen = rows().filter(inSight).length;
      return seen >= Math.floor((bottom - top) / height());
    },
    /** Whether the browser keeps the account's mail for the next page to begin with. */
    isKept: () => JSON.parse(localStorage.getItem("glaspost/here") ?? "{}").kept === true,
    /** Scrolls to a row, without a stop between. */
    async jump(index) {
      const began = performance.now();
      pane().scrollTop = index * height();
      // the event of scrolling comes with the next frame
      await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
      return (await window.bench.drawn(window.bench.isWhole)) - began;
    },
    /** Scrolls by so many rows a frame, for so many frames or to the end. */
    scroll(byRows, most) {
      const step = height() * byRows;
      const end = pane().scrollHeight - pane().clientHeight;
      let left = most;
      return window.bench.frames(() => {
        pane().scrollTop += step;
        left -= 1;
        return left > 0 && pane().scrollTop < end - 1;
      });
    },
  });
  window.bench.firstList = window.bench.drawn(() => window.bench.rows() >= 8);
}
