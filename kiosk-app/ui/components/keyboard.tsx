import { Button } from 'react-aria-components';
import { useTexts } from '../i18n/text.tsx';
import { Icon } from './icon.tsx';
import './keyboard.css';

const ROWS = ['qwertyuiop', 'asdfghjkl', 'zxcvbnm'] as const;

/** Letters without tones: the search does not ask for them. `value` is capped at `maxLength` characters. */
export function Keyboard({
  value,
  maxLength,
  onChange,
}: {
  readonly value: string;
  readonly maxLength: number;
  readonly onChange: (value: string) => void;
}) {
  const { t } = useTexts();
  const add = (letter: string) => onChange((value + letter).slice(0, maxLength));
  return (
    <fieldset className="keyboard" aria-label={t('keyboard.label')}>
      {ROWS.map((row) => (
        <div key={row} className="keyboard-row">
          {[...row].map((letter) => (
            <Button key={letter} className="key" onPress={() => add(letter)}>
              {letter}
            </Button>
          ))}
        </div>
      ))}
      <div className="keyboard-row">
        <Button className="key wide" onPress={() => onChange('')}>
          {t('keyboard.clear')}
        </Button>
        <Button className="key space" onPress={() => add(' ')}>
          {t('keyboard.space')}
        </Button>
        <Button
          className="key wide"
          aria-label={t('keyboard.delete')}
          onPress={() => onChange([...value].slice(0, -1).join(''))}
        >
          <Icon name="backspace" />
        </Button>
      </div>
    </fieldset>
  );
}
