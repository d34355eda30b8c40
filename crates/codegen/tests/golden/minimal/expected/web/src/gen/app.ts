import type { AppConfig } from "./ui/app.ts";

export const app: AppConfig = {
  name: "Empty room",
  description: "",
  navigation: [
  ],
};
