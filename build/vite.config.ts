import { join } from "node:path";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { ROOT_DIR } from "./root-dir.ts";

export default defineConfig({
  root: join(ROOT_DIR, "renderer"),
  base: "/",
  plugins: [react()],
  build: {
    outDir: join(ROOT_DIR, "dist/renderer"),
    // Nothing inlined as data: URLs, so that the console's Content-Security-Policy can refuse them.
    assetsInlineLimit: 0,
    // Both Electron and today's browsers; no polyfills.
    target: "es2022",
    modulePreload: { polyfill: false },
    // Recharts makes the one bundle larger than Vite's advice for public sites; it comes from loopback.
    chunkSizeWarningLimit: 2000,
  },
});
