/** What the database keeps for the values of Kind. */
export const kindIds = {
  beetle: "kind-beetle",
  moth: "kind-moth",
  wasp: "kind-wasp",
  tick: "kind-tick",
  fly: "kind-fly",
} as const;

