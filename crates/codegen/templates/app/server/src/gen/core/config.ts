export interface Config {
  databaseUrl: string;
  databasePoolMax: number;
  /** Public origin of the app: "https://cars.example.com". */
  origin: string;
  /** Where to listen: a Unix socket, or a port. */
  listen: { socket: string } | { port: number; host: string };
  /** How many proxies stand before the server. Each adds to X-Forwarded-For who asked it; anything before that is made up. */
  proxies: number;
  /** Folder of the built interface, when this server serves it. */
  webRoot?: string;
  admin?: { email: string; password: string };
  /** Which release of the app this is, told by whoever deploys it. */
  release?: string;
}

type Variables = { [name: string]: string | undefined };

/** Reads the environment; says everything that is wrong with it at once. */
export function readConfig(variables: Variables): Config {
  const faults: string[] = [];
  const required = (name: string): string => {
    const value = variables[name];
    if (!value) faults.push(`${name} is missing`);
    return value ?? "";
  };
  const number = (name: string, fallback: number, min: number, max: number): number => {
    const value = Number(variables[name] || fallback);
    if (!Number.isInteger(value) || value < min || value > max) faults.push(`${name} must be a number from ${min} to ${max}`);
    return value;
  };
  const databaseUrl = required("DATABASE_URL");
  const appUrl = required("APP_URL");
  if (appUrl && !URL.canParse(appUrl)) faults.push("APP_URL must be an address such as https://example.com");
  const { SOCKET_PATH: socket, WEB_ROOT: webRoot, ADMIN_EMAIL: email, ADMIN_PASSWORD: password, RELEASE: release } = variables;
  if (Boolean(email) !== Boolean(password)) faults.push("ADMIN_EMAIL and ADMIN_PASSWORD belong together");
  const port = number("PORT", 3000, 0, 65_535);
  const proxies = number("TRUSTED_PROXIES", socket ? 1 : 0, 0, 10);
  const databasePoolMax = number("DATABASE_POOL_MAX", 10, 1, 1000);
  if (faults.length > 0) throw new Error(`The environment is not complete: ${faults.join("; ")}.`);
  return {
    databaseUrl,
    databasePoolMax,
    origin: new URL(appUrl).origin,
    listen: socket ? { socket } : { port, host: variables.HOST || "0.0.0.0" },
    proxies,
    ...(webRoot && { webRoot }),
    ...(email && password && { admin: { email: email.toLowerCase(), password } }),
    ...(release && { release }),
  };
}
