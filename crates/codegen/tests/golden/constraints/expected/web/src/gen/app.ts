import type { AppConfig } from "./ui/app.ts";

export const app: AppConfig = {
  name: "Studio hours",
  description: "",
  navigation: [
    { label: "Stays", to: "/stays", access: { entity: "Stay", what: "read" } },
    { label: "Rooms", to: "/rooms", access: { entity: "Room", what: "read" } },
  ],
};
