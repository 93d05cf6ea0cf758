/** For `node --import`: `electron` is the stand-in that Playwright can drive. */
import { registerHooks } from "node:module";

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === "electron"
      ? {
          url: new URL("./driven-by-playwright.ts", import.meta.url).href,
          format: "module-typescript",
          shortCircuit: true,
        }
      : next(specifier, context),
});
