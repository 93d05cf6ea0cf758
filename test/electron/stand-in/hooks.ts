/** For `node --import`: `electron` is the stand-in. Everything else of the bundle is as it is. */
import { registerHooks } from "node:module";

registerHooks({
  resolve: (specifier, context, next) =>
    specifier === "electron"
      ? { url: new URL("./driven.ts", import.meta.url).href, shortCircuit: true }
      : next(specifier, context),
});
