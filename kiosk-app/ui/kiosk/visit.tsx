import type { VisitStep } from '@motcua/contract';
import type { ComponentType } from 'react';
import { Frame } from './frame.tsx';
import { IdleDialog } from './idle-dialog.tsx';
import { IdentityScreen } from './screens/identity.tsx';
import { LanguageScreen } from './screens/language.tsx';
import { NumberScreen } from './screens/number.tsx';
import { PapersScreen } from './screens/papers.tsx';
import { ReceiptScreen } from './screens/receipt.tsx';
import { ReviewScreen } from './screens/review.tsx';
import { ServiceScreen } from './screens/service.tsx';
import { SubmitScreen } from './screens/submit.tsx';
import { useVisit } from './state/kiosk-context.tsx';

const SCREENS: Readonly<Record<VisitStep, ComponentType>> = {
  language: LanguageScreen,
  service: ServiceScreen,
  number: NumberScreen,
  identity: IdentityScreen,
  papers: PapersScreen,
  review: ReviewScreen,
  submit: SubmitScreen,
  receipt: ReceiptScreen,
};

/** `App` gives it the visit's id as key: with the visit, everything below is dropped. */
export function Visit() {
  const { visit } = useVisit();
  const StepScreen = SCREENS[visit.step];
  return (
    <Frame>
      <StepScreen key={visit.step} />
      <IdleDialog />
    </Frame>
  );
}
