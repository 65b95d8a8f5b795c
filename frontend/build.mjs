// Bundles src/NAME.entry.js to dist/NAME.js and src/NAME.css to dist/NAME.css, with the images they name.
// A file whose name begins with _ is a part of others. The same sources give the same bytes.
import { mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

const here = dirname(fileURLToPath(import.meta.url));
const fresh = join(here, "dist.new");
const dist = join(here, "dist");

const entryPoints = readdirSync(join(here, "src"))
  .filter((name) => !name.startsWith("_") && /\.(entry\.js|css)$/.test(name))
  .sort()
  .map((name) => ({ in: join(here, "src", name), out: name.replace(/(\.entry)?\.(js|css)$/, "") }));

rmSync(fresh, { recursive: true, force: true });
const result = await build({
  absWorkingDir: here,
  entryPoints,
  outdir: fresh,
  bundle: true,
  minify: true,
  format: "iife",
  target: ["es2020", "chrome100", "firefox100", "safari15"],
  assetNames: "images/[name]",
  loader: { ".png": "file", ".svg": "file", ".woff2": "file" },
  sourcemap: false,
  legalComments: "eof", // the licences of what is bundled ask to be carried along
  metafile: true,
  write: false,
});

// The hashed static storage follows a sourceMappingURL and stops when its file is missing.
for (const { path, contents, text } of result.outputFiles) {
  mkdirSync(dirname(path), { recursive: true });
  const bundled = /\.(js|css)$/.test(path);
  writeFileSync(path, bundled ? text.replace(/\/\/[#@] sourceMappingURL=\S*|\/\*[#@] sourceMappingURL=[^*]*\*\//g, "") : contents);
}
rmSync(dist, { recursive: true, force: true });
renameSync(fresh, dist);
for (const [path, { bytes }] of Object.entries(result.metafile.outputs)) {
  console.log(`${path.replace("dist.new", "dist")}  ${bytes} bytes`);
}
