// Tests speak English from the start.
import { english } from './en';
import { speak } from './index';

speak(english);
