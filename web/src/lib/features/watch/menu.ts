// One thing that a menu offers.

export interface MenuItem {
  label: string;
  run: () => void;
  danger?: boolean;
}
