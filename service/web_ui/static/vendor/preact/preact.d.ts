/** Types of what the page uses of this file. Only the type checker reads them. */

/** What `html` returns and `render` takes. */
export interface View {
  type: unknown;
  props: unknown;
  key: unknown;
}

/** What a component may return or contain. */
export type Content = View | string | number | boolean | null | undefined | Content[];

export interface Signal<T> {
  value: T;
  peek(): T;
  subscribe(listener: (value: T) => void): () => void;
}
export type ReadonlySignal<T> = Omit<Signal<T>, "value"> & { readonly value: T };

export function html(strings: TemplateStringsArray, ...values: unknown[]): View;
export function h(type: unknown, props: Record<string, any> | null, ...children: Content[]): View;
export function render(content: Content, parent: Element): void;
export const Fragment: unknown;
export interface Context<T> {
  Provider: unknown;
  readonly initial?: T;
}
export function createContext<T>(initial: T): Context<T>;

export function useCallback<T extends (...values: any[]) => any>(callback: T, inputs: unknown[]): T;
export function useEffect(effect: () => void | (() => void), inputs?: unknown[]): void;
export function useLayoutEffect(effect: () => void | (() => void), inputs?: unknown[]): void;
export function useMemo<T>(compute: () => T, inputs?: unknown[]): T;
export function useRef<T>(initial: T): { current: T };
export function useState<T>(initial: T | (() => T)): [T, (next: T | ((last: T) => T)) => void];

export function batch<T>(change: () => T): T;
export function computed<T>(compute: () => T): ReadonlySignal<T>;
export function effect(run: () => void | (() => void)): () => void;
export function signal<T>(initial: T): Signal<T>;
export function untracked<T>(read: () => T): T;
export function useComputed<T>(compute: () => T): ReadonlySignal<T>;
export function useSignal<T>(initial: T): Signal<T>;
export function useSignalEffect(run: () => void | (() => void)): void;
