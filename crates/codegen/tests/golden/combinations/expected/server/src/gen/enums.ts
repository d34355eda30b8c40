/** What the database keeps for the values of Color. */
export const colorIds = {
  red: "color-red",
  blue: "color-blue",
  green: "color-green",
} as const;

