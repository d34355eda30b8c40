import type { AppConfig } from "./ui/app.ts";

export const app: AppConfig = {
  name: "<\u002ftitle><script>alert(1)<\u002fscript>",
  description: "\"; drop table x; -- <\u002fscript>${process.exit()}`*/\\u0000 {{=1}} [%",
  navigation: [
    { label: "\"; drop table x; -- <\u002fscript>${process.exit()}`*/\\u0000 {{=1}} [%", to: "/class", access: { entity: "Class", what: "read" } },
  ],
};
