import "./gen/zod.ts";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import "./gen/styles/index.css";
import { Root } from "./gen/ui/root.tsx";
import { applyTheme, readTheme } from "./gen/ui/theme.ts";

applyTheme(readTheme());

const container = document.getElementById("root");
if (!container) throw new Error("index.html has no element with the id root");
createRoot(container).render(
  <StrictMode>
    <Root />
  </StrictMode>,
);
