// A language server that knows nothing but its manners; with the argument `fragile` it falls over once it is greeted.
const fragile = process.argv.includes("fragile");
let held = Buffer.alloc(0);

const answer = (message) => {
  const body = Buffer.from(JSON.stringify({ jsonrpc: "2.0", ...message }));
  process.stdout.write(`Content-Length: ${body.length}\r\n\r\n`);
  process.stdout.write(body);
};

process.stdin.on("data", (data) => {
  held = Buffer.concat([held, data]);
  for (;;) {
    const head = held.indexOf("\r\n\r\n");
    if (head < 0) return;
    const length = Number(/Content-Length: (\d+)/i.exec(held.subarray(0, head).toString())[1]);
    if (held.length < head + 4 + length) return;
    const message = JSON.parse(held.subarray(head + 4, head + 4 + length).toString());
    held = held.subarray(head + 4 + length);
    if (message.method === "exit") process.exit(0);
    if (message.method === "initialized" && fragile) process.exit(1);
    if (message.id !== undefined) {
      answer({ id: message.id, result: message.method === "initialize" ? { capabilities: {} } : null });
    }
  }
});
