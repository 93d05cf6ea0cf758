import { Toast } from "@base-ui/react/toast";
import type { IconName } from "../../contract/wording/icons.ts";
import type { Tone } from "../../contract/wording/status-table.ts";
import { Icon } from "./icon.tsx";

export interface ToastMessage {
  /** What it tells of; the same again takes its place instead of standing beside it. */
  readonly id?: string;
  readonly title: string;
  readonly text?: string;
  readonly icon: IconName;
  readonly tone: Tone;
  /** Read out at once, and not after what is being read. */
  readonly urgent: boolean;
  /** Somebody has to do something: it stays until it is dismissed. */
  readonly stays: boolean;
  /** Where to go from it. */
  readonly action?: { readonly title: string; readonly href: string };
}

/** So long one that asks for nothing stays; less while the pointer or the focus is on it. */
const CALM_MS = 8000;
/** More wait behind these, and come forward as those are dismissed. */
const MOST_SHOWN = 5;

/** No dialog, which is what the library takes a toast for: nothing asks for an answer, and a group has no modality. */
const GROUP = { role: "group", "aria-modal": undefined } as const;

const manager = Toast.createToastManager<ToastMessage>();

/** Says something in the corner of the page, from anywhere. */
export function showToast(message: ToastMessage): void {
  const { id, title, text, urgent, stays } = message;
  manager.add({
    ...(id === undefined ? {} : { id }),
    title,
    ...(text === undefined ? {} : { description: text }),
    priority: urgent ? "high" : "low",
    timeout: stays ? 0 : CALM_MS,
    data: message,
  });
}

/** Where toasts appear; once in the page. F6 leads there. */
export function Toasts() {
  return (
    <Toast.Provider toastManager={manager} limit={MOST_SHOWN}>
      <Toast.Portal>
        <Toast.Viewport className="toasts" ref={keepRoom}>
          <ToastList />
        </Toast.Viewport>
      </Toast.Portal>
    </Toast.Provider>
  );
}

/** Tells the page how high the toasts are, which leaves so much room below its end. */
function keepRoom(viewport: HTMLElement | null): (() => void) | undefined {
  if (viewport === null) return undefined;
  const observer = new ResizeObserver(() => {
    const height = `${viewport.offsetHeight}px`;
    document.documentElement.style.setProperty("--toasts-height", height);
  });
  observer.observe(viewport);
  return () => observer.disconnect();
}

function ToastList() {
  const { toasts, close } = Toast.useToastManager<ToastMessage>();
  return (
    <>
      {toasts.length > 1 && (
        <button type="button" className="all" onClick={() => close()}>
          Dismiss all {toasts.length}
        </button>
      )}
      {toasts.map((toast) => (
        // Urgent ones are read out by an alert of their own: hidden or read again they would be of no use.
        <Toast.Root
          key={toast.id}
          toast={toast}
          className={`toast ${toast.data?.tone ?? "active"}`}
          {...GROUP}
          aria-hidden={false}
          {...(toast.priority === "high" ? { "aria-live": "off" as const } : {})}
        >
          <Toast.Content className="toastbody">
            <Icon name={toast.data?.icon ?? "circle"} />
            <Toast.Title className="toasttitle" />
            {/* Hidden by default until the stack is spread out; ours always is. */}
            <Toast.Close
              aria-label={`Dismiss: ${toast.data?.title ?? "message"}`}
              aria-hidden={false}
            >
              Dismiss
            </Toast.Close>
            <Toast.Description className="toasttext" />
            {toast.data?.action !== undefined && (
              <div className="actions">
                <a
                  className="button primary"
                  href={toast.data.action.href}
                  onClick={() => close(toast.id)}
                >
                  {toast.data.action.title}
                </a>
              </div>
            )}
          </Toast.Content>
        </Toast.Root>
      ))}
    </>
  );
}
