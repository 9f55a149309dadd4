/** Logging in and out: the server keeps who is in in a cookie that no script reads. */
import type { Transport } from "./transport";

const LOGIN = "/jmap/login";
const LOGOUT = "/jmap/logout";

export async function logIn(transport: Transport, username: string, password: string): Promise<void> {
  await transport.ask({
    method: "POST",
    url: LOGIN,
    body: { username, password, for: "browser", program: "webmail" },
  });
}

export async function logOut(transport: Transport): Promise<void> {
  await transport.ask({ method: "POST", url: LOGOUT });
}
