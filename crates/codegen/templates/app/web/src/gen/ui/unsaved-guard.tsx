// Asks before unsaved input is left behind.

import { useEffect } from "react";
import { useBlocker } from "react-router";
import { Confirm } from "./confirm.tsx";

export function UnsavedGuard({ when }: { when: () => boolean }) {
  const blocker = useBlocker(({ currentLocation, nextLocation }) => when() && currentLocation.pathname !== nextLocation.pathname);

  // Closing the window cannot show our words, only the browser's.
  useEffect(() => {
    const onUnload = (event: BeforeUnloadEvent) => {
      if (when()) event.preventDefault();
    };
    addEventListener("beforeunload", onUnload);
    return () => removeEventListener("beforeunload", onUnload);
  }, [when]);

  if (blocker.state !== "blocked") return null;
  return (
    <Confirm title="Leave without saving?" action="Leave" danger onConfirm={blocker.proceed} onCancel={blocker.reset}>
      What you have entered will be lost.
    </Confirm>
  );
}
