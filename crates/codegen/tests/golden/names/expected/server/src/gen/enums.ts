/** What the database keeps for the values of Enum. */
export const enum_Ids = {
  null: "null",
  true: "true-value",
  undefined: "v-3",
} as const;

