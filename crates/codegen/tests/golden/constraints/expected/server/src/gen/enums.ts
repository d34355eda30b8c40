/** What the database keeps for the values of Progress. */
export const progressIds = {
  asked: "asked",
  confirmed: "sure",
  cancelled: "off",
} as const;

/** What the database keeps for the values of Size. */
export const sizeIds = {
  small: "size-s",
  large: "size-l",
} as const;

