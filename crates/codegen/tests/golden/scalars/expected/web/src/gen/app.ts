import type { AppConfig } from "./ui/app.ts";

export const app: AppConfig = {
  name: "Cabinet",
  description: "One record kind that has a field of every type.",
  navigation: [
    { label: "The cabinet", to: "/specimens", access: { entity: "Specimen", what: "read" } },
    { label: "New specimen", to: "/specimens/new", access: { entity: "Specimen", what: "create" } },
  ],
};
