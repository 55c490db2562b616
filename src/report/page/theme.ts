import { place } from './dom';

const KEY = 'jest-testmon-theme';

/**
 * Installs the button that switches between dark and light. Until it is pressed, the page follows the system's
 * setting.
 */
export function installTheme(): void {
  const button = place('theme');
  const system = matchMedia('(prefers-color-scheme: dark)');
  const root = document.documentElement;
  const isDark = () => (root.dataset.theme ?? (system.matches ? 'dark' : 'light')) === 'dark';
  const show = () => button.setAttribute('aria-pressed', String(isDark()));
  const remembered = recall();
  if (remembered !== null) root.dataset.theme = remembered;
  button.addEventListener('click', () => {
    root.dataset.theme = isDark() ? 'light' : 'dark';
    remember(root.dataset.theme);
    show();
  });
  system.addEventListener('change', show);
  show();
}

/** Reads the stored theme. A page that is opened as a file may have no storage. */
function recall(): string | null {
  try {
    const theme = localStorage.getItem(KEY);
    return theme === 'dark' || theme === 'light' ? theme : null;
  } catch {
    // The browser does not allow storage for this page.
    return null;
  }
}

function remember(theme: string): void {
  try {
    localStorage.setItem(KEY, theme);
  } catch {
    // The choice is lost when the page is closed.
  }
}
