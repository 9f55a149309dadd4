// A client of JMAP in a page, as a program of a browser would be one: the tests call what stands in `device`.
(() => {
  "use strict";

  /** What came and was not asked for yet, and who asked before it came. */
  class Heard {
    #come = [];
    #waiting = [];
    put(what) {
      const first = this.#waiting.shift();
      if (first) first(what);
      else this.#come.push(what);
    }
    next() {
      return this.#come.length ? Promise.resolve(this.#come.shift()) : new Promise((done) => this.#waiting.push(done));
    }
  }

  const json = { "Content-Type": "application/json" };
  const text = new TextEncoder();
  const bytes = (base64) => Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
  const base64url = (raw) =>
    btoa(String.fromCharCode(...new Uint8Array(raw))).replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  const joined = async (...pieces) => new Uint8Array(await new Blob(pieces).arrayBuffer());

  async function derived(salt, secret, label, length) {
    const key = await crypto.subtle.importKey("raw", secret, "HKDF", false, ["deriveBits"]);
    return crypto.subtle.deriveBits({ name: "HKDF", hash: "SHA-256", salt, info: label }, key, length * 8);
  }

  const device = {
    events: new Heard(),
    messages: new Heard(),

    async logIn(username, password) {
      const body = JSON.stringify({ username, password, for: "browser" });
      const answer = await fetch("/jmap/login", { method: "POST", headers: json, body });
      if (!answer.ok) throw new Error(`login: ${answer.status}`);
      device.session = await (await fetch("/.well-known/jmap")).json();
      device.account = Object.keys(device.session.accounts).find((id) => device.session.accounts[id].isPersonal);
    },

    async call(method, args) {
      const using = ["urn:ietf:params:jmap:core", "urn:ietf:params:jmap:mail"];
      const body = JSON.stringify({ using, methodCalls: [[method, args, "c"]] });
      const answer = await (await fetch(device.session.apiUrl, { method: "POST", headers: json, body })).json();
      return answer.methodResponses[0][1];
    },

    /** Begins to listen by EventSource; done when the server has begun to answer. */
    listen() {
      const url = device.session.eventSourceUrl.replace("{types}", "*").replace("{closeafter}", "no").replace("{ping}", "0");
      const source = new EventSource(url);
      source.addEventListener("state", (event) => device.events.put({ id: event.lastEventId, ...JSON.parse(event.data) }));
      return new Promise((done, failed) => {
        source.onopen = () => done();
        source.onerror = () => failed(new Error("the EventSource broke"));
      });
    },

    /** Opens a WebSocket; done when it is open. */
    talk() {
      const socket = new WebSocket(device.session.capabilities["urn:ietf:params:jmap:websocket"].url, "jmap");
      device.say = (object) => socket.send(JSON.stringify(object));
      socket.onmessage = (event) => device.messages.put(JSON.parse(event.data));
      return new Promise((done, failed) => {
        socket.onopen = () => done(socket.protocol);
        socket.onerror = () => failed(new Error("the WebSocket broke"));
      });
    },

    /** The keys of a subscription (RFC 8291, 3.1 and 3.2): the private one never leaves the browser. */
    async keys() {
      device.pair = await crypto.subtle.generateKey({ name: "ECDH", namedCurve: "P-256" }, false, ["deriveBits"]);
      device.public = await crypto.subtle.exportKey("raw", device.pair.publicKey);
      device.auth = crypto.getRandomValues(new Uint8Array(16));
      return { p256dh: base64url(device.public), auth: base64url(device.auth) };
    },

    /** The object in the body of a push message, of one record (RFC 8291, 3.4; RFC 8188, 2). */
    async read(body) {
      const raw = bytes(body);
      const salt = raw.slice(0, 16);
      const theirs = raw.slice(21, 21 + raw[20]);
      const sealed = raw.slice(21 + raw[20]);
      const point = await crypto.subtle.importKey("raw", theirs, { name: "ECDH", namedCurve: "P-256" }, false, []);
      const shared = await crypto.subtle.deriveBits({ name: "ECDH", public: point }, device.pair.privateKey, 256);
      const label = await joined(text.encode("WebPush: info\0"), device.public, theirs);
      const secret = await derived(device.auth, shared, label, 32);
      const raw_key = await derived(salt, secret, text.encode("Content-Encoding: aes128gcm\0"), 16);
      const nonce = await derived(salt, secret, text.encode("Content-Encoding: nonce\0"), 12);
      const key = await crypto.subtle.importKey("raw", raw_key, "AES-GCM", false, ["decrypt"]);
      const opened = new Uint8Array(await crypto.subtle.decrypt({ name: "AES-GCM", iv: nonce }, key, sealed));
      const end = opened.lastIndexOf(2);
      if (end < 0 || opened.slice(end + 1).some((byte) => byte !== 0)) throw new Error("no last record");
      return JSON.parse(new TextDecoder().decode(opened.slice(0, end)));
    },
  };
  window.device = device;
})();
