// Verifies one delivery with the public library `standardwebhooks`: a JSON {secret, headers, body} on stdin, exit 0 or 1.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

// Not `import`, which would not look into NODE_PATH.
const { Webhook, WebhookVerificationError } = createRequire(import.meta.url)("standardwebhooks");

const { secret, headers, body } = JSON.parse(readFileSync(0, "utf8"));
try {
  new Webhook(secret).verify(body, headers);
} catch (error) {
  if (!(error instanceof WebhookVerificationError)) throw error;
  console.error(`not verified: ${error.message}`);
  process.exitCode = 1;
}
