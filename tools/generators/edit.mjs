/** The text of a file that must be there. */
export function read(tree, file) {
  const text = tree.read(file, "utf8");
  if (text === null) throw new Error(`${file} is gone: this generator has to follow`);
  return text;
}

/**
 * Puts text into a file before or after the only place that a pattern matches; throws where there is not
 * exactly one.
 */
export function insert(tree, file, { before, after }, text) {
  const pattern = before ?? after;
  const content = read(tree, file);
  const places = [...content.matchAll(new RegExp(pattern, "gm"))];
  if (places.length !== 1) {
    throw new Error(
      `${file} has ${places.length} places like ${pattern} instead of one: this generator has to follow`,
    );
  }
  const [place] = places;
  const at = place.index + (before === undefined ? place[0].length : 0);
  tree.write(file, content.slice(0, at) + text + content.slice(at));
}

/** Refuses a name of another form, and one that is taken already. */
export function checkName(name, form, isTaken) {
  if (!form.test(name)) throw new Error(`${name} is no name here: it has to match ${form}`);
  if (isTaken) throw new Error(`${name} is there already`);
}

/** `http-timeout` as `httpTimeout` and as `HttpTimeout`. */
export const camelCase = (name) => name.replace(/[-_](.)/g, (_, letter) => letter.toUpperCase());
export const pascalCase = (name) => capital(camelCase(name));
export const capital = (word) => word.slice(0, 1).toUpperCase() + word.slice(1);

/** A changeset that still has to be written. */
export function changeset(tree, name, packages, sentence) {
  const front = packages.map((each) => `"@mirage/${each}": minor\n`).join("");
  tree.write(`.changeset/${name}.md`, `---\n${front}---\n\n${sentence}\n`);
}
