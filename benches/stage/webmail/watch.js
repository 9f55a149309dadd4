// What a page is asked about its own frames, before any webmail's script runs. Moments are as `performance.now()` has them.
if (window.top === window) {
  const bench = {
    /** When the finger left the screen last. */
    touched: 0,

    /** The moment at which the first frame was drawn for which `there` holds; fails after a minute. */
    drawn(there) {
      return new Promise((done, failed) => {
        const began = performance.now();
        const look = () => {
          try {
            if (there()) drawing();
            else if (performance.now() - began < 60_000) requestAnimationFrame(look);
            else failed(new Error(`never drawn: ${there}`));
          } catch (thrown) {
            failed(thrown);
          }
        };
        // this runs before the frame is laid out and painted; a task of its own comes after that
        const drawing = () => {
          const { port1, port2 } = new MessageChannel();
          port1.onmessage = () => done(performance.now());
          port2.postMessage(null);
        };
        requestAnimationFrame(look);
      });
    },

    /** Runs `step` in each frame until it gives false: how long each frame took, and those over 50 ms as Chromium tells them. */
    async frames(step) {
      const long = [];
      const observer = new PerformanceObserver((list) => long.push(...list.getEntries()));
      observer.observe({ type: "long-animation-frame" });
      const moments = [];
      await new Promise((done) => {
        const frame = (moment) => {
          moments.push(moment);
          if (step() === false) done();
          else requestAnimationFrame(frame);
        };
        requestAnimationFrame(frame);
      });
      await new Promise((done) => setTimeout(done, 200));
      observer.disconnect();
      return {
        took: moments.slice(1).map((moment, index) => moment - moments[index]),
        long: long.map(({ startTime, duration, blockingDuration, renderStart, scripts }) => ({
          startTime, duration, blockingDuration, rendering: renderStart === 0 ? 0 : startTime + duration - renderStart,
          scripts: scripts.map(({ duration, invoker, sourceFunctionName }) => ({ duration, invoker, sourceFunctionName })),
        })),
      };
    },

    /** What was fetched until then: `[name, octets with their heads, kind, begin, end]`. */
    fetched(until) {
      return [...performance.getEntriesByType("navigation"), ...performance.getEntriesByType("resource")]
        .filter(({ startTime }) => startTime <= until)
        .map(({ name, transferSize, initiatorType, startTime, responseEnd }) => [name, transferSize, initiatorType, startTime, responseEnd]);
    },
  };
  addEventListener("pointerup", ({ timeStamp }) => (bench.touched = timeStamp), true);
  window.bench = bench;
}
