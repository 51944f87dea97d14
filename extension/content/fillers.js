/**
 * Alternative texts that nobody wrote for a reader: names of files, and what editors and cameras
 * put there. In English, German, French and Spanish.
 */

const EXTENSION = "(?:apng|avif|bmp|gif|heic|heif|ico|jfif|jpe?g|png|svg|tiff?|webp)";
const NUMBER = String.raw`[\s_.#-]*\(?\d*\)?`;

const KINDS_OF_PICTURES = [
  "image|images|img|imgs|photo|photos|photograph|picture|pictures|pic|pics|graphic|thumbnail|thumb",
  "bild|bilder|foto|fotos|fotografie|grafik|abbildung|vorschaubild|miniaturansicht",
  "photographie|visuel|vignette|miniature",
  "imagen|imágenes|imagenes|foto|fotografía|fotografia|miniatura",
].join("|");

const PLACEHOLDERS = [
  "alt|alt[ _-]?text|alternate text|alternative text|no alt(?:[ _-]text)?|image alt(?: text)?",
  "image description|description of (?:the )?image|insert (?:alt|image) (?:text|description)(?: here)?",
  "image of|photo of|picture of|placeholder|image placeholder|placeholder image|untitled",
  "spacer|blank|null|undefined|nan|none|n/a|default|default image|featured image|no image",
  "bild von|foto von|platzhalter(?:bild)?|ohne titel|unbenannt|alternativtext|kein alternativtext",
  "bildbeschreibung|kein bild",
  "image de|photo de|sans titre|texte alternatif|description de l[’']image|aucune image",
  "imagen de|foto de|sin título|sin titulo|texto alternativo|descripción de la imagen|sin imagen",
  "marcador de posición",
].join("|");

/** What cameras, telephones and systems call their files. */
const CAMERAS = [
  "(?:img|dsc[nf]?|dscf|dcim|pict|gopr|mvi|pxl|imag|image|photo|foto|bild|picture|vid)",
  "whatsapp[ _-]image|screen[ _-]?shot|bildschirmfoto|capture d[’' _-]écran|captura de pantalla",
  "signal|fb[ _-]?img|received",
].join("|");

const FILLERS = [
  new RegExp(`^(?:${KINDS_OF_PICTURES})${NUMBER}$`, "iu"),
  new RegExp(`^(?:${PLACEHOLDERS})[.:…]*$`, "iu"),
  // A file's name, also with its folder or as an address.
  new RegExp(String.raw`^\S+\.${EXTENSION}(?:[?#]\S*)?$`, "iu"),
  /^https?:\/\/\S+$/iu,
  // A camera's number, also with a date; with an ending or without.
  new RegExp(String.raw`^(?:${CAMERAS})[\s_-]*\d[\d\s_.:()-]{2,}(?:at|um|à|a las)?[\d\s_.:()-]*`
    + String.raw`(?:\.${EXTENSION})?$`, "iu"),
  // A checksum, a number of a database, a universally unique identifier.
  /^(?=[^\s]*\d)[0-9a-f]{12,}$/iu,
  /^\d{6,}$/u,
  /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/iu,
];

/** Longer ones were written by somebody. */
const LONGEST_FILLER = 250;

/**
 * @param {string} alt with text
 * @returns {boolean} whether it says nothing about the picture
 */
function isFiller(alt) {
  const text = alt.trim().normalize();
  return text.length <= LONGEST_FILLER && FILLERS.some((filler) => filler.test(text));
}
