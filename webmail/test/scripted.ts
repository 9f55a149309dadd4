/** The scripted server behind Vite's, for looking at the views without the program: `npm run dev`. Any password is right. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Plugin, ViteDevServer } from "vite";
import { Failure } from "../src/jmap/problem";
import { Server } from "./server/server";

const TEXT =
  "Dag Anna,\n\nZie https://voorbeeld.example/fiets voor de foto's.\n\n> Heb je nog\n> een fiets te koop?\n\n-- \nBram";

function filled(): Server {
  const server = new Server();
  for (let made = 1; made <= 3000; made += 1) {
    const age = made * 7 * 3_600_000;
    server.deliver({
      threadId: `t${made % 2500}`,
      subject: `Bericht ${made}: over de fiets en het weer van morgen`,
      from: { name: made % 7 === 0 ? null : `Bram Jansen ${made % 11}`, email: `bram${made % 11}@there.example` },
      text: TEXT,
      seen: made % 3 !== 0,
      hasAttachment: made % 5 === 0,
      receivedAt: new Date(Date.now() - age).toISOString().replace(/\.\d+/, ""),
    });
  }
  return server;
}

async function body(request: IncomingMessage): Promise<unknown> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(Buffer.from(part));
  return parts.length === 0 ? undefined : JSON.parse(Buffer.concat(parts).toString());
}

export function scripted(): Plugin {
  const server = filled();
  const listeners = new Set<ServerResponse>();

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = request.url ?? "";
    if (url === "/jmap/login") return void response.writeHead(200, { "Set-Cookie": "who=anna; Path=/" }).end("{}");
    if (url === "/jmap/logout") return void response.writeHead(204, { "Set-Cookie": "who=; Max-Age=0; Path=/" }).end();
    if (!request.headers.cookie?.includes("who=anna")) return void response.writeHead(401).end();
    if (url.startsWith("/jmap/events")) {
      response.writeHead(200, { "Content-Type": "text/event-stream" }).write(": \n\n");
      listeners.add(response);
      request.on("close", () => listeners.delete(response));
      return;
    }
    const before = server.records.modseq;
    const method = request.method === "POST" ? "POST" : "GET";
    const told = await server.ask({ method, url, body: await body(request) });
    response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify(told));
    if (server.records.modseq === before) return;
    const state = String(server.records.modseq);
    const changed = { a1: { Email: state, Mailbox: state, Thread: state } };
    for (const one of listeners)
      one.write(`event: state\ndata: ${JSON.stringify({ "@type": "StateChange", changed })}\n\n`);
  }

  function stand({ middlewares }: Pick<ViteDevServer, "middlewares">): void {
    middlewares.use((request, response, next) => {
      if (!/^\/(jmap|\.well-known)\//.test(request.url ?? "")) return next();
      answer(request, response).catch((thrown: unknown) => {
        response.writeHead(thrown instanceof Failure ? 404 : 500).end(String(thrown));
      });
    });
  }
  return { name: "scripted", apply: "serve", configureServer: stand, configurePreviewServer: stand };
}
