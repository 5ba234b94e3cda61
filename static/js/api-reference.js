/**
 * Draws the API reference into `<main id="reference" data-schema="...">`.
 *
 * Redoc writes style elements; the nonce of this page's policy lets them in. It also shows a
 * logo of its maker's host, which nothing can turn off; no page here asks another host for
 * anything, so that pictures from elsewhere are never given their source.
 */

/** @param {string} address @returns {boolean} */
function isOurs(address) {
  return new URL(address, location.href).origin === location.origin;
}

const picture = HTMLImageElement.prototype;
const { setAttribute } = picture;
const source = Object.getOwnPropertyDescriptor(picture, "src");
picture.setAttribute = function (name, value) {
  if (name !== "src" || isOurs(value)) setAttribute.call(this, name, value);
};
Object.defineProperty(picture, "src", {
  ...source,
  set(value) {
    if (isOurs(value)) source.set.call(this, value);
  },
});

const font = "Inter, system-ui, sans-serif";
const place = document.querySelector("#reference");

window.Redoc.init(
  place.dataset.schema,
  {
    nonce: document.querySelector("script[nonce]").nonce,
    disableSearch: true,
    hideLoading: true,
    theme: {
      colors: { primary: { main: "#19569d" } },
      typography: { fontFamily: font, headings: { fontFamily: font } },
    },
  },
  place,
);
