// A browser whose push service is the test's: what the page asks of it is answered with the keys that the test has made.
(() => {
  "use strict";
  let current = null;
  PushManager.prototype.subscribe = async () => {
    const { endpoint, keys } = window.scripted;
    current = {
      endpoint,
      toJSON: () => ({ endpoint, keys }),
      unsubscribe: async () => {
        current = null;
        return true;
      },
    };
    return current;
  };
  PushManager.prototype.getSubscription = async () => current;
})();
