import type { AppConfig } from "./ui/app.ts";

export const app: AppConfig = {
  name: "Pattern book",
  description: "Every setting with every type of field and every kind of relation that takes it.",
  navigation: [
    { label: "Singles", to: "/single", access: { entity: "Single", what: "read" } },
    { label: "Collections", to: "/collections", access: { entity: "Collection", what: "read" } },
    { label: "Ties", to: "/ties", access: { entity: "Tie", what: "read" } },
  ],
};
