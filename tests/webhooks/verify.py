"""Verifies one delivery with the public library `standardwebhooks`: a JSON {secret, headers, body} on stdin, exit 0 or 1."""

import json
import sys

from standardwebhooks import Webhook, WebhookVerificationError

delivery = json.load(sys.stdin)
try:
    Webhook(delivery["secret"]).verify(delivery["body"], delivery["headers"])
except WebhookVerificationError as error:
    sys.exit(f"not verified: {error}")
