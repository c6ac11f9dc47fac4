/** 한국어: 가정 분석. */
export default {
  "what-if.lead": "슬라이더를 움직이면 변경을 적용하여 풉니다. 100 %는 지금 계획입니다.",
  "what-if.sliders": "변경",
  "what-if.result": "계획과 비교한 결과",
  "what-if.by-area": "구역별 전력",
  "what-if.reset": "모든 변경 취소",
  "what-if.extra-changes": "추가 변경",
  "what-if.remove": "빼기: {change}",
  "what-if.no-changes": "변경이 없습니다",
  "what-if.no-changes-text": "슬라이더를 움직이면 결과가 여기에 나타납니다.",
  "what-if.solving": "푸는 중 …",
  "what-if.solving-since": "푸는 중, {n}초 …",
  "what-if.verified": "다시 풀어 확인됨, {n}초",
  "slider.central": "중앙 몫",
  "slider.delivered": "중앙 몫의 이행률",
  "slider.power": "전력, 모든 구역",
  "slider.rail": "철도 수송 능력",
  "slider.machines": "설비 상태",
  "slider.people": "인구",
  "estimate.tag": "잠재가격에 의한 추정, 다시 푸는 중",
  "estimate.exact": "{won}",
  "estimate.at-least": "최소 {won}",
  "estimate.saves-at-most": "최대 {won} 절감",
  "estimate.exact-text":
    "변경 전체에서 잠재가격이 유효합니다. 다시 풀어도 같은 값이 나올 것입니다.",
  "estimate.at-least-text":
    "잠재가격은 {valid} 유효합니다. 그 뒤로는 비용이 더 들 수 있으나 덜 들지는 않습니다.",
  "estimate.saves-at-most-text":
    "잠재가격은 {valid} 유효합니다. 그 뒤로는 절감액이 줄 수 있으나 늘지는 않습니다.",
  "estimate.valid-fraction": "변경의 처음 {share}까지",
  "estimate.unavailable": "이 변경의 추정값은 없습니다. 다시 풀어야 합니다.",
  "estimate.large": "잠재가격은 이 변경의 일부에만 유효합니다. 영향이 클 수 있으며, 푸는 중입니다.",
  "estimate.served": "충족률(금액 기준): {before} → {after} ({points}).",
  "explanation.unavailable": "이 변경의 추정값은 없습니다. 아래 결과는 다시 풀어 계산했습니다.",
  "explanation.not-binding": "변경한 한도는 제약이 되지 않습니다.",
  "explanation.not-binding-at-first":
    "변경한 한도는 지금 제약이 되지 않습니다. 작은 변경에는 비용이 들지 않지만 큰 변경에는 들 수 있습니다.",
  "explanation.large":
    "잠재가격은 이 변경의 일부에만 유효하여 영향의 크기를 알려 주지 않습니다. 다시 푼 결과: {result}.",
  "explanation.exact": "추정값: {won}. 다시 푼 결과: {result}.",
  "explanation.at-least":
    "추정값: 최소 {won}. 다시 푼 결과: {result}. 변경이 클수록 잠재가격이 올라갑니다.",
  "explanation.saves-at-most":
    "추정값: 최대 {won} 절감. 다시 푼 결과: {result}. 변경이 클수록 잠재가격이 내려갑니다.",
  "explanation.contribution": "{rule}: {won} (제약이 되는 한도 {n}개)",
  "explanation.rule.balance": "수요",
  "explanation.rule.make": "과제의 상한과 하한",
  "explanation.rule.stock": "재고의 상한과 하한",
  "explanation.rule.give": "이웃의 수요",
  "explanation.rule.take": "이웃의 제공",
  "explanation.rule.central": "중앙 배정",
  "explanation.limits": "가장 중요한 한도와 잠재가격:",
};
