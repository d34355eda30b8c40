import type { AppConfig } from "./ui/app.ts";

export const app: AppConfig = {
  name: "Family library",
  description: "",
  navigation: [
    { label: "Books", to: "/books", access: { entity: "Book", what: "read" } },
    { label: "Authors", to: "/authors", access: { entity: "Author", what: "read" } },
  ],
};
