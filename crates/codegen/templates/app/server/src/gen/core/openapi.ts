import type { Entity } from "./entity.ts";

export function openApiDocument(title: string, entities: Entity[]) {
  return { openapi: "3.1.0", info: { title, version: "1" }, paths: Object.fromEntries(entities.map(({ path }) => [`/api/${path}`, {}])) };
}
