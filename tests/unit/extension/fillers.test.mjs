import assert from "node:assert/strict";
import { test } from "node:test";

import { load } from "./content_scripts.mjs";

const { isFiller } = load(["fillers"]);

const FILLERS = [
  "IMG_1234.jpg", "IMG_1234", "img-0001", "DSC00012.JPG", "DSCN1234", "PXL_20230101_120000123.jpg",
  "20230101_120000.jpg", "photo.jpeg", "/images/banner.png", "https://example.org/a.webp?w=300",
  "https://example.org/picture/7", "Screenshot_20240101-100000.png", "Screenshot 2024-01-01 at 10.00.00.png",
  "Bildschirmfoto 2024-01-01 um 10.00.00.png", "Capture d’écran 2024-01-01 à 10.00.00.png",
  "WhatsApp Image 2023-01-01 at 10.00.00.jpeg", "image001.png", "a1b2c3d4e5f60718", "1234567890",
  "550e8400-e29b-41d4-a716-446655440000", "image", "Image", " photo ", "Picture 3", "image (2)",
  "img", "thumbnail", "alt", "alt text", "No alt text", "placeholder", "untitled", "image description",
  "Bild", "Bild 3", "Foto", "Grafik", "Abbildung 2", "Vorschaubild", "Platzhalter", "ohne Titel",
  "Bildbeschreibung", "Photographie", "visuel", "sans titre", "Texte alternatif", "imagen", "Imágenes",
  "Fotografía 1", "sin título", "null", "undefined", "spacer.gif", "chart.svg#a", "Foto_0001",
];

const WORDS = [
  "A cup of coffee", "Home", "Logo", "ACME", "Image of a cup", "Photo by Jane Doe", "Bild von Anna",
  "Photo de famille", "imagen de un gato", "The file cat.jpg in an editor", "Picture this", "42", "2024",
  "Figure 3", "1,234,567", "IMG Academy", "Dr. Null", "None of the above", "Foto: Müller", "node.js",
  "www.example.org", "icon", "Photoshop", "→", "Bildung", "image 1 of 5", "Fotograf", "abcdefabcdef",
  "cafebabe", "Picture of the day: a cup", "Alternative", "Untitled (1982), oil on canvas",
  "p. 12", "A1", "DSC", "Image Comics", `image ${"1".repeat(300)}`, "猫", "Screenshot of the settings",
];

for (const alt of FILLERS) {
  test(`says nothing: ${alt}`, () => assert.equal(isFiller(alt), true));
}

for (const alt of WORDS) {
  test(`says something: ${alt.slice(0, 40)}`, () => assert.equal(isFiller(alt), false));
}

test("long texts do not take long", () => {
  const began = process.cpuUsage().user;

  isFiller(`img ${"1 ".repeat(100_000)}`);
  isFiller(`img ${"1 ".repeat(120)}x`);

  assert.ok(process.cpuUsage().user - began < 100_000);
});
