import type { AppConfig } from "./ui/app.ts";

export const app: AppConfig = {
  name: "Workshop",
  description: "",
  navigation: [
    { label: "Vehicles", to: "/vehicles", access: { entity: "Vehicle", what: "read" } },
    { label: "Repairs", to: "/visits", access: { entity: "Repair", what: "read" } },
  ],
};
