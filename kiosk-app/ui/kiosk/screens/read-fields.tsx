import type { FieldView } from '@motcua/contract';
import { Icon, type IconName } from '../../components/icon.tsx';
import { type TextKey, useTexts } from '../../i18n/text.tsx';
import { Snippet } from './snippet.tsx';

const STATES: Readonly<Record<FieldView['state'], { readonly text: TextKey; readonly icon: IconName }>> = {
  same: { text: 'review.state-same', icon: 'check' },
  different: { text: 'review.state-different', icon: 'warning' },
  read: { text: 'review.state-read', icon: 'check' },
  doubtful: { text: 'review.state-doubtful', icon: 'search' },
};

/** Everything that was read from a page, each value beside its place on the paper. */
export function ReadFields({ fields }: { readonly fields: readonly FieldView[] }) {
  const { t, say } = useTexts();
  return (
    <ul className="read-fields">
      {fields.map((field) => {
        const { text, icon } = STATES[field.state];
        return (
          <li key={field.index} className={`read-field ${field.state}`}>
            <div className="read-field-words">
              <p className="small">
                {say(field.label)}
                {field.person && ` · ${say(field.person)}`}
              </p>
              <p className="read-field-value">{field.value}</p>
            </div>
            <p className="read-field-state">
              <Icon name={icon} />
              {t(text)}
            </p>
            {field.snippetUrl && <Snippet url={field.snippetUrl} />}
          </li>
        );
      })}
    </ul>
  );
}
