import type { AppConfig } from "./ui/app.ts";

export const app: AppConfig = {
  name: "Corner shop",
  description: "",
  navigation: [
    { label: "Articles", to: "/items", access: { entity: "Article", what: "read" } },
  ],
};
