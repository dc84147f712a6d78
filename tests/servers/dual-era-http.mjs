// A server that speaks both families of the protocol over Streamable HTTP, on
// any free port of 127.0.0.1: requests of 2026-07-28 stand alone, older ones
// belong to sessions.
import { createMcpHandler, isLegacyRequest, McpServer } from '@modelcontextprotocol/server';
import { NodeStreamableHTTPServerTransport, toNodeHandler, toWebRequest } from '@modelcontextprotocol/node';
import { randomUUID } from 'node:crypto';
import { appendFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { setTimeout as pause } from 'node:timers/promises';
import { z } from 'zod';

const say = (text) => ({ content: [{ type: 'text', text }] });

// Tells its progress until it is done or its request is cancelled.
async function count({ to, ms }, { mcpReq }) {
  const progressToken = mcpReq._meta?.progressToken;
  for (let progress = 1; progress <= to && !mcpReq.signal.aborted; ++progress) {
    await pause(ms);
    await mcpReq.notify({
      method: 'notifications/progress',
      params: { progressToken, progress, total: to },
    });
  }
  return say('done');
}

// Has run a while before its answer is sent.
async function note({ text }) {
  appendFileSync(process.env.LEDGER, `${text}\n`);
  await pause(20);
  return say(text);
}

function makeServer() {
  const server = new McpServer({ name: 'dual-era-http', version: '1.0.0' });
  server.registerTool('echo', { inputSchema: z.object({ text: z.string() }) },
    ({ text }) => say(text));
  server.registerTool('note', { inputSchema: z.object({ text: z.string() }) },
    note);
  server.registerTool('count', { inputSchema: z.object({ to: z.number(), ms: z.number() }) }, count);
  return server;
}

const modern = toNodeHandler(createMcpHandler(makeServer, { legacy: 'reject' }));
const sessions = new Map();

async function openSession() {
  const transport = new NodeStreamableHTTPServerTransport({
    sessionIdGenerator: randomUUID,
    onsessioninitialized: (id) => { sessions.set(id, transport); },
    onsessionclosed: (id) => { sessions.delete(id); },
  });
  await makeServer().connect(transport);
  return transport;
}

async function readJson(request) {
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  try { return JSON.parse(Buffer.concat(chunks)); } catch { return undefined; }
}

async function answer(request, response) {
  const body = request.method === 'POST' ? await readJson(request) : undefined;
  const probe = await toWebRequest(request, body);
  if (!await isLegacyRequest(probe, body))
    return modern(request, response, body);
  const id = request.headers['mcp-session-id'];
  if (id !== undefined && !sessions.has(id))
    return response.writeHead(404).end();
  const session = sessions.get(id) ?? await openSession();
  return session.handleRequest(request, response, body);
}

const http = createServer((request, response) => {
  answer(request, response).catch((error) => response.destroy(error));
});
http.listen(Number(process.env.PORT ?? 0), '127.0.0.1', () => {
  console.log(`listening on http://127.0.0.1:${http.address().port}/mcp`);
});
