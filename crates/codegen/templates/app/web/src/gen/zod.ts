// Zod compiles schemas with `new Function` where it may; the app's content security policy forbids that, and the browser
// reports each attempt. Imported before anything that makes a schema.
import { config } from "zod";

config({ jitless: true });
