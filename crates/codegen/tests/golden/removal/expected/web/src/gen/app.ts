import type { AppConfig } from "./ui/app.ts";

export const app: AppConfig = {
  name: "Paper archive",
  description: "",
  navigation: [
    { label: "Papers", to: "/papers", access: { entity: "Paper", what: "read" } },
  ],
};
