/** Types of what the page uses of this file. Only the type checker reads them. */

export interface VirtualRow {
  key: number | string;
  index: number;
  start: number;
  end: number;
  size: number;
}

export interface RowRange {
  startIndex: number;
  endIndex: number;
  overscan: number;
  count: number;
}

export interface VirtualizerOptions {
  count: number;
  getScrollElement: () => Element | null;
  estimateSize: (index: number) => number;
  scrollToFn: unknown;
  observeElementRect: unknown;
  observeElementOffset: unknown;
  onChange?: (virtualizer: Virtualizer, isScrolling: boolean) => void;
  rangeExtractor?: (range: RowRange) => number[];
  getItemKey?: (index: number) => number | string;
  initialRect?: { width: number; height: number };
  scrollMargin?: number;
  overscan?: number;
}

export class Virtualizer {
  constructor(options: VirtualizerOptions);
  setOptions(options: VirtualizerOptions): void;
  getVirtualItems(): VirtualRow[];
  getTotalSize(): number;
  measureElement: (element: Element | null) => void;
  _didMount(): () => void;
  _willUpdate(): void;
}

export const elementScroll: unknown;
export const observeElementOffset: unknown;
export const observeElementRect: unknown;
