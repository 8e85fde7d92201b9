// Reads { schema, questions } as JSON from standard input and writes the answers of yaml-language-server, in order.
// A question is a text with a position: what may be completed there, what hovering there shows, what is wrong anywhere.
import yls from "yaml-language-server";
import { TextDocument } from "vscode-languageserver-textdocument";

const SCHEMA = "urn:editor:schema";

let input = "";
for await (const chunk of process.stdin) input += chunk;
const { schema, questions } = JSON.parse(input);

const faults = [];
const service = yls.getLanguageService({
  schemaRequestService: (uri) => Promise.reject(new Error(`nothing is fetched, not even ${uri}`)),
  workspaceContext: { resolveRelativePath: (path) => path },
  telemetry: { send() {}, sendError: (name, error) => faults.push(`${name}: ${error}`), sendTrack() {} },
  clientCapabilities: { textDocument: { completion: { completionItem: { documentationFormat: ["markdown"] } } } },
});
service.configure({
  completion: true,
  hover: true,
  validate: true,
  isKubernetes: false,
  schemas: [{ uri: SCHEMA, fileMatch: ["*.yaml"], schema }],
});

const plain = (markup) => (typeof markup === "object" ? markup.value : markup) ?? "";

const answers = [];
for (const [number, { text, line, character }] of questions.entries()) {
  const document = TextDocument.create(`file:///posture-${number}.yaml`, "yaml", 0, text);
  const position = { line, character };
  const completions = await service.doComplete(document, position, false);
  const hover = await service.doHover(document, position);
  const diagnostics = await service.doValidation(document, false);
  answers.push({
    completions: completions.items.map((item) => ({
      label: item.label,
      text: item.textEdit?.newText ?? item.insertText,
      documentation: plain(item.documentation),
    })),
    hover: plain(hover?.contents),
    diagnostics: diagnostics.map((found) => ({ message: found.message, line: found.range.start.line })),
  });
}
if (faults.length > 0) throw new Error(faults.join("\n"));
process.stdout.write(JSON.stringify(answers));
