import { h } from "preact";
import htm from "htm";

export { createContext, Fragment, h, render } from "preact";
export { useCallback, useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
export { batch, computed, effect, signal, untracked, useComputed, useSignal, useSignalEffect } from "@preact/signals";
/** Elements as tagged templates: html`<p class="soft">${text}</p>`. Texts become text nodes, never HTML. */
export const html = htm.bind(h);
