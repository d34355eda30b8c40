import type { ProblemDetail } from "../../../../shared/gen/types.ts";

export type ProblemStatus = 400 | 401 | 403 | 404 | 405 | 409 | 412 | 413 | 415 | 422 | 428 | 429 | 500 | 503;

const titles: { [status in ProblemStatus]: string } = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  405: "Method Not Allowed",
  409: "Conflict",
  412: "Precondition Failed",
  413: "Content Too Large",
  415: "Unsupported Media Type",
  422: "Unprocessable Content",
  428: "Precondition Required",
  429: "Too Many Requests",
  500: "Internal Server Error",
  503: "Service Unavailable",
};

/** A refusal that the client is told about (RFC 9457). Throw it anywhere below a route. */
export class Problem extends Error {
  readonly status: ProblemStatus;
  readonly errors: ProblemDetail[];
  readonly headers: { [name: string]: string };

  constructor(status: ProblemStatus, detail: string, errors: ProblemDetail[] = [], headers: { [name: string]: string } = {}) {
    super(detail);
    this.status = status;
    this.errors = errors;
    this.headers = headers;
  }

  toResponse(requestId: string): Response {
    const body = {
      type: "about:blank",
      title: titles[this.status],
      status: this.status,
      detail: this.message,
      instance: `urn:uuid:${requestId}`,
      ...(this.errors.length > 0 && { errors: this.errors }),
    };
    return new Response(JSON.stringify(body), {
      status: this.status,
      headers: { "content-type": "application/problem+json", ...this.headers },
    });
  }
}

export function notFound(): Problem {
  return new Problem(404, "There is nothing here, or nothing that you may see.");
}

export function forbidden(detail = "You may not do this.", errors: ProblemDetail[] = []): Problem {
  return new Problem(403, detail, errors);
}

/** For somebody who is not signed in the answer is to sign in. */
export function refused(signedIn: boolean): Problem {
  return signedIn ? forbidden() : new Problem(401, "Please sign in.");
}

export function invalid(errors: ProblemDetail[], detail = "Some of the input is not valid."): Problem {
  return new Problem(422, detail, errors);
}
