// Unpacks archives of @sparticuz/chromium into the folder for temporary files, which reports/install.py names.
import { inflate } from "@sparticuz/chromium";

await Promise.all(process.argv.slice(2).map((archive) => inflate(archive)));
